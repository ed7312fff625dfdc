/** Ends the process with a plain sentence when Node is too old. */
export declare function refuseOldNode(version?: string): void;
