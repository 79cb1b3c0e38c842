/** Raised with every release. It is the version in package.json, which a page cannot read. */
export const appVersion = '0.1.0'
