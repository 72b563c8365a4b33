// Runs before anything is painted: the colours that the reader chose, so that no other flash up first.
{
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
}
