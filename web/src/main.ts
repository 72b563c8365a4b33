// Where the page begins.
import { mount } from 'svelte';

import App from './App.svelte';
import { begin } from './lib/i18n';
import './lib/ui/tokens.css';
import './lib/ui/base.css';

const target = document.getElementById('app');
if (target) void begin().then(() => mount(App, { target }));
