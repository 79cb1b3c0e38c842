/**
 * The content security policies of a build. A worker has none but what its own script was sent with: it gets the policy of the page, so
 * that it reaches no host that the page may not. The worker that runs the user's code reaches nothing but its own files.
 * Throws for a page without a policy, and for an address in `allow` that is none.
 */
export function policiesOf(html, allow = []) {
  const [, text] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html) ?? []
  if (text === undefined) throw new Error('The page has no content security policy: build it again.')
  const own = allow.map(origin => originOf(origin)).join(' ')
  const policy = own === '' ? text : text.replace(/connect-src [^;]+/, sources => `${sources} ${own}`)
  return {
    page: `${text}; frame-ancestors 'none'`,
    worker: policy,
    code: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
  }
}

/** A header is made of it: nothing but an origin may get there. */
function originOf(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new Error(`--allow takes addresses such as http://192.168.1.5:11434, not "${text}".`)
  return url.origin
}
