// Native inputs whose text is taken as it is typed; what is being composed (IME), when it is done.

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Handlers for an input. */
export function typed(take: (text: string) => void) {
  return {
    oninput(event: Event & { currentTarget: Field }) {
      if (!(event as unknown as InputEvent).isComposing) take(event.currentTarget.value);
    },
    oncompositionend(event: Event & { currentTarget: Field }) {
      take(event.currentTarget.value);
    },
  };
}
