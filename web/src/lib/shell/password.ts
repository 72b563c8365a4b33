// What the server asks of a password.

/** How many characters it has at least. */
export const shortest = 12;
