/** `slipway token list`: the tokens of the cluster, without their secret halves. */
import { Command, Option } from 'commander'
import { listTokens, type StandingToken } from '../api/tokens.ts'
import type { Redactor } from '../report/redact.ts'
import { columns } from '../report/table.ts'
import { withApi } from '../run/api-session.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'

type Flags = ClusterFileFlags & { readonly output: 'text' | 'json' }

const titles = ['ID', 'EXPIRES', 'USAGES', 'GROUPS', 'DESCRIPTION'] as const

/** The controller manager removes what has expired; where it is off, they stay, and are worth nothing. */
const expiry = ({ expires }: StandingToken, now: Date): string => {
  if (expires === undefined) return 'never'
  return new Date(expires) <= now ? `expired ${expires}` : expires
}

const table = (tokens: readonly StandingToken[], now: Date): string => {
  const rows = tokens.map((token) => [
    token.id,
    expiry(token, now),
    token.usages.join(','),
    token.groups.join(','),
    token.description ?? '',
  ])
  return [...columns([titles, ...rows]), ''].join('\n')
}

export const listTokensCommand = (redactor: Redactor): Command =>
  withClusterFlags(new Command('list').description('list tokens; their secret half is not shown'))
    .addOption(new Option('--output <format>', 'how to say it').choices(['text', 'json']).default('text'))
    .action(async (flags: Flags) => {
      const tokens = await withApi(await clusterOf(flags, redactor), listTokens)
      if (flags.output === 'json') process.stdout.write(`${JSON.stringify(tokens, null, 2)}\n`)
      else if (tokens.length > 0) process.stdout.write(table(tokens, new Date()))
      else process.stderr.write('there are no tokens: slipway token create\n')
    })
