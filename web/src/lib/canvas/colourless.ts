// Stands for d3-color, which the canvas' library brings along to animate colours: on the canvas none is animated, and all
// that it would do takes its time to load. What is asked whether it is a colour is none, so nobody asks further.

export const color = (): null => null;

export { color as cubehelix, color as hcl, color as hsl, color as lab, color as rgb };
