/** `slipway token rotate`: another token with the same settings in place of one that too many know. */
import { Command } from 'commander'
import type { ApiClient } from '../api/client.ts'
import { applyObject, deleteObject } from '../api/objects.ts'
import {
  bootstrapTokenSecret,
  listTokens,
  newToken,
  type StandingToken,
  type TokenSettings,
  tokenId,
  tokenSecretRef,
} from '../api/tokens.ts'
import { UserError } from '../errors.ts'
import type { Redactor } from '../report/redact.ts'
import { withApi } from '../run/api-session.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'
import { durationFlag } from './duration-flag.ts'
import { noSuchToken, tokenIds } from './token-delete.ts'
import { expiry, warnOfPermanent } from './token-flags.ts'

type Flags = ClusterFileFlags & { readonly ttl?: string }

/** As long as the one before was made for; a permanent one stays permanent. */
export const settingsAgain = (
  { id, created, expires, usages, groups, description }: StandingToken,
  ttlSeconds: number | undefined,
  now: Date,
): TokenSettings => {
  const same = { usages, groups, description }
  if (ttlSeconds !== undefined) return { ...same, expires: expiry(ttlSeconds, now) }
  if (expires === undefined) return { ...same, expires: undefined }
  const lifetime = (Date.parse(expires) - Date.parse(created ?? '')) / 1000
  if (lifetime > 0) return { ...same, expires: expiry(lifetime, now) }
  throw new UserError(`nobody can tell for how long the token ${id} was made`, { hint: 'say it: --ttl 24h' })
}

/** The new one first: whoever is about to join is never left with none. */
const replace = async (api: ApiClient, id: string, token: string, settings: TokenSettings): Promise<void> => {
  await applyObject(api, bootstrapTokenSecret({ token, ...settings }), { dryRun: false })
  warnOfPermanent(tokenId(token), settings)
  process.stdout.write(`${token}\n`)
  await deleteObject(api, tokenSecretRef(id))
  process.stderr.write(`${id} deleted; in its place: ${tokenId(token)}\n`)
}

export const rotateTokensCommand = (redactor: Redactor): Command =>
  withClusterFlags(new Command('rotate').description('make others with the same settings, and delete these'))
    .argument('<ids...>', 'ids, or whole tokens')
    .option('--ttl <duration>', 'how long the new ones are valid (default: as long as these were made for)')
    .action(async (given: readonly string[], flags: Flags) => {
      const ids = tokenIds(given)
      const ttl = flags.ttl === undefined ? undefined : durationFlag('--ttl', flags.ttl)
      await withApi(await clusterOf(flags, redactor), async (api) => {
        const standing = await listTokens(api)
        const old = ids.map((id) => {
          const token = standing.find((each) => each.id === id)
          if (token) return token
          throw noSuchToken(id)
        })
        for (const before of old) {
          const token = newToken()
          redactor.add(token)
          await replace(api, before.id, token, settingsAgain(before, ttl, new Date()))
        }
      })
    })
