/** What a new token is to be like. Takes the flags of `slipway token create`; gives its settings, or refuses. */
import { type TokenSettings, type TokenUsage, tokenGroupPattern, tokenUsages } from '../api/tokens.ts'
import { UserError } from '../errors.ts'
import { durationFlag, shownDate } from './duration-flag.ts'

export type TokenFlags = {
  readonly ttl?: string
  readonly permanent?: boolean
  readonly usages?: string
  readonly groups?: string
  readonly description?: string
}

/** kubeadm's own default. */
const defaultTtl = '24h'

export const expiry = (seconds: number, now: Date): string =>
  shownDate(new Date(now.getTime() + seconds * 1000))

const expires = ({ ttl, permanent }: TokenFlags, now: Date): string | undefined => {
  if (permanent && ttl !== undefined)
    throw new UserError(`--permanent and --ttl ${ttl} contradict each other`, { hint: 'give one of them' })
  if (permanent) return undefined
  if (ttl !== undefined && /^0+[mhd]?$/.test(ttl))
    throw new UserError(`--ttl ${ttl} would make a token that never expires`, {
      hint: 'a day is long enough to join: --ttl 24h; if it is meant: --permanent',
    })
  return expiry(durationFlag('--ttl', ttl ?? defaultTtl), now)
}

const listed = (text: string): readonly string[] => [...new Set(text.split(',').map((item) => item.trim()))]

const isUsage = (text: string): text is TokenUsage => tokenUsages.some((usage) => usage === text)

const usages = (text: string): readonly TokenUsage[] =>
  listed(text).map((usage) => {
    if (isUsage(usage)) return usage
    throw new UserError(`--usages: ${JSON.stringify(usage)} is nothing that a token is used for`, {
      hint: `one of them or both: ${tokenUsages.join(',')}`,
    })
  })

const groups = (text: string): readonly string[] =>
  listed(text).map((group) => {
    if (tokenGroupPattern.test(group)) return group
    throw new UserError(`--groups: ${JSON.stringify(group)} is no group that a token may have`, {
      hint: 'they begin with system:bootstrappers: and go on with a-z, 0-9, : and -',
    })
  })

export const tokenSettings = (flags: TokenFlags, now: Date): TokenSettings => ({
  expires: expires(flags, now),
  description: flags.description,
  usages: flags.usages === undefined ? undefined : usages(flags.usages),
  groups: flags.groups === undefined ? undefined : groups(flags.groups),
})

export const warnOfPermanent = (id: string, { expires: end }: TokenSettings): void => {
  if (end === undefined)
    process.stderr.write(
      `this token never expires: whoever learns it can bring hosts into the cluster, until: slipway token delete ${id}\n`,
    )
}
