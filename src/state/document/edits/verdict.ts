/** Whether an edit was made, and in plain words why not. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string }
