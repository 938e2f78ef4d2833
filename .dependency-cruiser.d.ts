import type { IConfiguration, ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser';

declare const configuration: IConfiguration & { readonly forbidden: IForbiddenRuleType[]; readonly options: ICruiseOptions };
export default configuration;
