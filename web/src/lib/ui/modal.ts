// Opens a dialog over the page, and tells when it is closed by Escape or by itself: at once, where the browser tells it in an
// event of its own, later. Keys pressed in between are meant for what stood below; what is told later would close what they opened.
import type { Attachment } from 'svelte/attachments';

export function modal(closed: () => void): Attachment<HTMLDialogElement> {
  return (dialog) => {
    const before = document.activeElement;
    dialog.addEventListener('cancel', cancel);
    dialog.addEventListener('close', closed);
    dialog.showModal();

    function cancel(event: Event) {
      if (event.target !== dialog) return;
      event.preventDefault();
      dialog.close();
      closed();
    }

    return () => {
      dialog.removeEventListener('cancel', cancel);
      dialog.removeEventListener('close', closed);
      // A dialog that is taken out of the page does not give the focus back by itself.
      if (before instanceof HTMLElement && before.isConnected && document.activeElement === document.body) before.focus();
    };
  };
}
