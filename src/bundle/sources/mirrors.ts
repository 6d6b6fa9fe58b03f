/**
 * Copies of upstream's servers. Takes what `--mirror` says, `UPSTREAM=PLACE`; gives the place of whatever upstream has. Pure.
 */
import { UserError } from '../../errors.ts'

/** Upstream's host → where a copy of it is, without a slash at its end. */
export type Mirrors = ReadonlyMap<string, string>

const looks =
  'it looks like registry.k8s.io=registry.example.org/k8s or dl.k8s.io=https://files.example.org/k8s'

const upstreamOf = (text: string): string => {
  if (/^[a-z0-9.-]+(:\d+)?$/.test(text)) return text
  throw new UserError(`--mirror: "${text}" is not the name of a server`, { hint: looks })
}

/** https unless http:// is written. A password does not belong into a command line: everybody on the machine can read it. */
const placeOf = (upstream: string, text: string): string => {
  const whole = text.includes('://') ? text : `https://${text}`
  const url = text !== '' && URL.canParse(whole) ? new URL(whole) : undefined
  if (url?.username || url?.password)
    throw new UserError(`--mirror ${upstream}: there is a user in the address of the mirror`, {
      hint: 'leave it away: for registries, docker login keeps credentials, and they are read from there',
    })
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw new UserError(`--mirror ${upstream}: "${text}" is not the address of a mirror`, { hint: looks })
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

export const parseMirrors = (flags: readonly string[]): Mirrors => {
  const mirrors = new Map<string, string>()
  for (const flag of flags) {
    const [, name = flag, place = ''] = /^([^=]*)=(.*)$/.exec(flag) ?? []
    const upstream = upstreamOf(name)
    if (mirrors.has(upstream)) throw new UserError(`--mirror: ${upstream} has two mirrors`, { hint: looks })
    mirrors.set(upstream, placeOf(upstream, place))
  }
  return mirrors
}

/** Undefined where upstream itself is asked. */
export const mirrorOf = (url: URL, mirrors: Mirrors): URL | undefined => {
  const place = mirrors.get(url.host)
  return place === undefined ? undefined : new URL(`${place}${url.pathname}${url.search}`)
}

/** A mirror of what nothing comes from is a mistake in its name: without it everything would go the way it was meant to avoid. */
export const refuseStrayMirrors = (mirrors: Mirrors, upstreams: readonly string[]): void => {
  const stray = [...mirrors.keys()].filter((name) => !upstreams.includes(name))
  if (stray.length === 0) return
  throw new UserError(`--mirror: nothing of a bundle comes from ${stray.join(', ')}`, {
    hint: `what can have a mirror: ${upstreams.toSorted().join(', ')}`,
  })
}
