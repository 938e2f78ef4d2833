'use strict';
// In bundles in place of `protobufjs/ext/descriptor`, with which proto-loader describes every message type in Protobuf's own format.
// These descriptions are for servers with reflection, which DistriFS has none of, and took half of the time that loading the definitions
// took. The name of a type remains, because src/protocol/messages.ts reads it.
const { Enum, Root, Type } = require('protobufjs');

const described = ({ name }) => ({ $type: { toObject: () => ({ name }) } });

Root.prototype.toDescriptor = () => ({ file: [] });
Type.prototype.toDescriptor = function () {
  return described(this);
};
Enum.prototype.toDescriptor = function () {
  return described(this);
};
