/** `slipway bundle diff`: what changes from one bundle to another. Exit code 3 when something does. */
import { Command, Option } from 'commander'
import { type BundleChange, type BundleDiff, diffBundles } from '../bundle/diff.ts'
import { openBundle } from '../bundle/open.ts'
import { assertNever, exitCodes } from '../errors.ts'
import { columns } from '../report/table.ts'
import { megabytesText } from '../report/words.ts'

const versions = (before: string, now: string): string =>
  before === now ? `${now}, other contents` : `${before} → ${now}`

const rowOf = (change: BundleChange): readonly string[] => {
  switch (change.kind) {
    case 'added':
      return ['+', change.now.name, change.now.platform, change.now.version, megabytesText(change.now.bytes)]
    case 'removed':
      return ['-', change.before.name, change.before.platform, change.before.version, '']
    case 'changed': {
      const { before, now } = change
      return ['~', now.name, now.platform, versions(before.version, now.version), megabytesText(now.bytes)]
    }
    default:
      return assertNever(change)
  }
}

const describe = ({ changes, newBytes }: BundleDiff): string =>
  changes.length === 0
    ? 'No difference'
    : [
        ...columns(changes.map(rowOf), [4]),
        '',
        `${megabytesText(newBytes)} of it are only in the second one`,
      ].join('\n')

export const diffCommand = (): Command =>
  new Command('diff')
    .description('what changes from one bundle to another; exit code 3 when something does')
    .argument('<before>')
    .argument('<now>')
    .addOption(new Option('--output <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .action(async (before: string, now: string, { output }: { readonly output: 'text' | 'json' }) => {
      const diff = diffBundles(await openBundle(before), await openBundle(now))
      process.stdout.write(`${output === 'json' ? JSON.stringify(diff, null, 2) : describe(diff)}\n`)
      if (diff.changes.length > 0) process.exitCode = exitCodes.difference
    })
