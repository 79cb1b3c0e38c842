/** How every box that takes text looks. */
export const controlStyle =
  'w-full min-w-0 rounded-md border border-control bg-surface px-2 text-base text-ink transition-colors hover:border-soft focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:border-line disabled:bg-sunken disabled:text-faint aria-invalid:border-bad aria-invalid:outline-bad'
