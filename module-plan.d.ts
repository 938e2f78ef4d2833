export declare const MODULES: Readonly<Record<string, readonly string[]>>;
export declare const SUB_MODULES: Readonly<Record<string, readonly string[]>>;
export declare const TUI_FACE: string;
export declare const ENTRY_POINTS: string;
export declare const DAEMONS: string;
