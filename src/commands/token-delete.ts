/** `slipway token delete`: nobody joins with it any more. */
import { Command } from 'commander'
import { deleteObject } from '../api/objects.ts'
import { tokenId, tokenPattern, tokenSecretRef } from '../api/tokens.ts'
import { UserError } from '../errors.ts'
import type { Redactor } from '../report/redact.ts'
import { withApi } from '../run/api-session.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'

/** Each once. What is wrong is not repeated in the message: it may be a token with a slip in it. */
export const tokenIds = (given: readonly string[]): readonly string[] => {
  const ids = given.map((text) => {
    if (tokenPattern.test(text) || /^[a-z0-9]{6}$/.test(text)) return tokenId(text)
    throw new UserError('that is neither a token nor the id of one', {
      hint: 'an id has six letters or digits: slipway token list',
    })
  })
  return [...new Set(ids)]
}

export const noSuchToken = (id: string): UserError =>
  new UserError(`there is no token ${id}`, { hint: 'see them with: slipway token list' })

export const deleteTokensCommand = (redactor: Redactor): Command =>
  withClusterFlags(new Command('delete').description('delete tokens'))
    .argument('<ids...>', 'ids, or whole tokens')
    .action(async (given: readonly string[], flags: ClusterFileFlags) => {
      const ids = tokenIds(given)
      await withApi(await clusterOf(flags, redactor), async (api) => {
        for (const id of ids) {
          if ((await deleteObject(api, tokenSecretRef(id))) === 'unchanged') throw noSuchToken(id)
          process.stdout.write(`${id} deleted\n`)
        }
      })
    })
