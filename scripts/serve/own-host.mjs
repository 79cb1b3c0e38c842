import { networkInterfaces } from 'node:os'

/**
 * True for a Host header that names this machine: the loopback names, and the name the server was told to listen on. A page of another
 * site can make its own name point here (DNS rebinding) and would then read what it likes; its requests carry that name.
 */
export function isOwnHost(header, listensOn) {
  const name = nameIn(header)
  if (name === undefined) return false
  return isLoopback(name) || name === listensOn.toLowerCase() || (isEveryAddress(listensOn) && ownAddresses().includes(name))
}

/** `localhost:4173` and `[::1]:4173` without the port; undefined for what is no host. */
function nameIn(header) {
  const [, six, other] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header ?? '') ?? []
  return (six ?? other)?.toLowerCase()
}

function isLoopback(name) {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)
}

function isEveryAddress(host) {
  return host === '0.0.0.0' || host === '::'
}

function ownAddresses() {
  return Object.values(networkInterfaces()).flatMap(list => (list ?? []).map(({ address }) => address.toLowerCase()))
}
