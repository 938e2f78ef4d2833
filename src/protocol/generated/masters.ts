import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { AddMasterRequest as _distrifs_v1_AddMasterRequest, AddMasterRequest__Output as _distrifs_v1_AddMasterRequest__Output } from './distrifs/v1/AddMasterRequest.js';
import type { AddMasterResponse as _distrifs_v1_AddMasterResponse, AddMasterResponse__Output as _distrifs_v1_AddMasterResponse__Output } from './distrifs/v1/AddMasterResponse.js';
import type { GetMasterStatusRequest as _distrifs_v1_GetMasterStatusRequest, GetMasterStatusRequest__Output as _distrifs_v1_GetMasterStatusRequest__Output } from './distrifs/v1/GetMasterStatusRequest.js';
import type { GetMasterStatusResponse as _distrifs_v1_GetMasterStatusResponse, GetMasterStatusResponse__Output as _distrifs_v1_GetMasterStatusResponse__Output } from './distrifs/v1/GetMasterStatusResponse.js';
import type { MasterMember as _distrifs_v1_MasterMember, MasterMember__Output as _distrifs_v1_MasterMember__Output } from './distrifs/v1/MasterMember.js';
import type { MasterServiceClient as _distrifs_v1_MasterServiceClient, MasterServiceDefinition as _distrifs_v1_MasterServiceDefinition } from './distrifs/v1/MasterService.js';
import type { RemoveMasterRequest as _distrifs_v1_RemoveMasterRequest, RemoveMasterRequest__Output as _distrifs_v1_RemoveMasterRequest__Output } from './distrifs/v1/RemoveMasterRequest.js';
import type { RemoveMasterResponse as _distrifs_v1_RemoveMasterResponse, RemoveMasterResponse__Output as _distrifs_v1_RemoveMasterResponse__Output } from './distrifs/v1/RemoveMasterResponse.js';
import type { TransferLeadershipRequest as _distrifs_v1_TransferLeadershipRequest, TransferLeadershipRequest__Output as _distrifs_v1_TransferLeadershipRequest__Output } from './distrifs/v1/TransferLeadershipRequest.js';
import type { TransferLeadershipResponse as _distrifs_v1_TransferLeadershipResponse, TransferLeadershipResponse__Output as _distrifs_v1_TransferLeadershipResponse__Output } from './distrifs/v1/TransferLeadershipResponse.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  distrifs: {
    v1: {
      AddMasterRequest: MessageTypeDefinition<_distrifs_v1_AddMasterRequest, _distrifs_v1_AddMasterRequest__Output>
      AddMasterResponse: MessageTypeDefinition<_distrifs_v1_AddMasterResponse, _distrifs_v1_AddMasterResponse__Output>
      GetMasterStatusRequest: MessageTypeDefinition<_distrifs_v1_GetMasterStatusRequest, _distrifs_v1_GetMasterStatusRequest__Output>
      GetMasterStatusResponse: MessageTypeDefinition<_distrifs_v1_GetMasterStatusResponse, _distrifs_v1_GetMasterStatusResponse__Output>
      MasterMember: MessageTypeDefinition<_distrifs_v1_MasterMember, _distrifs_v1_MasterMember__Output>
      MasterRole: EnumTypeDefinition
      MasterService: SubtypeConstructor<typeof grpc.Client, _distrifs_v1_MasterServiceClient> & { service: _distrifs_v1_MasterServiceDefinition }
      RemoveMasterRequest: MessageTypeDefinition<_distrifs_v1_RemoveMasterRequest, _distrifs_v1_RemoveMasterRequest__Output>
      RemoveMasterResponse: MessageTypeDefinition<_distrifs_v1_RemoveMasterResponse, _distrifs_v1_RemoveMasterResponse__Output>
      TransferLeadershipRequest: MessageTypeDefinition<_distrifs_v1_TransferLeadershipRequest, _distrifs_v1_TransferLeadershipRequest__Output>
      TransferLeadershipResponse: MessageTypeDefinition<_distrifs_v1_TransferLeadershipResponse, _distrifs_v1_TransferLeadershipResponse__Output>
    }
  }
}

