// Whether the server knows us.

/** Set by whatever is told so by the server. */
export const session = $state({ signedOut: false });
