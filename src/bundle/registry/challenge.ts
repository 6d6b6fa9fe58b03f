/** How a registry wants to be asked. Takes its WWW-Authenticate header; gives what it says. Pure. */
export type Challenge =
  | { readonly kind: 'basic' }
  | {
      readonly kind: 'bearer'
      /** Where tokens are given out. */
      readonly realm: string
      readonly service?: string
      readonly scope?: string
    }

/** `key="value, with commas"`, or a bare `key=value` (RFC 9110, 11.2). Of two, the first: the second is another challenge's. */
const parametersOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)]
      .map(([, key = '', quoted, bare = '']): readonly [string, string] => [
        key.toLowerCase(),
        quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'),
      ])
      .reverse(),
  )

export const parseChallenge = (header: string | undefined): Challenge | undefined => {
  if (header === undefined) return undefined
  const [, parameters] = /(?:^|,)\s*bearer\s+(.*)$/is.exec(header) ?? []
  const { realm, service, scope } = parametersOf(parameters ?? '')
  if (realm !== undefined)
    return { kind: 'bearer', realm, ...(service && { service }), ...(scope && { scope }) }
  return /(?:^|,)\s*basic\b/i.test(header) ? { kind: 'basic' } : undefined
}
