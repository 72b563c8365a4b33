// How a value that is dragged from the data panel to a field is known from everything else that can be dragged.

/** The type of what the drag carries. */
export const dragged = 'application/x-hookmill-reference';
