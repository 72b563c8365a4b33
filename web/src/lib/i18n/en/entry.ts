// How one gets in.
export const entry = {
  name: 'Name',
  password: 'Password',
  wrongPassword: 'Name or password is wrong.',
  withToken: 'Sign in with a token',
  withPassword: 'Sign in with name and password',
  tooMany: 'Too many wrong tries. Wait a little.',
  welcome: 'Welcome to Hookmill',
  first: 'Make the administrator. There is one; everything else can be changed later.',
  code: 'Code or login link',
  codeHint: 'It was printed when the server started.',
  again: 'Password once more',
  differ: 'The two passwords differ.',
  short: (least: number) => `At least ${least} characters.`,
  begin: 'Begin',
};
