/** `slipway bundle inspect`: what is in a bundle, and who signed it. */
import { Command, Option } from 'commander'
import { type BundleSummary, inspectBundle } from '../bundle/inspect.ts'
import { openBundle } from '../bundle/open.ts'
import { bomLicences } from '../bundle/sbom/read-bom.ts'
import { columns } from '../report/table.ts'
import { counted, megabytesText } from '../report/words.ts'

const describe = ({ kubernetes, edition, architectures, signer, bytes, components }: BundleSummary): string =>
  [
    `Kubernetes ${kubernetes} for ${architectures.join(' and ')}${edition ? `, ${edition} edition` : ''}`,
    `signed by ${signer}`,
    '',
    ...columns(
      [
        ['COMPONENT', 'VERSION', 'PLATFORM', 'SIZE', 'WHAT', 'LICENCES'],
        ...components.map((row) => [
          row.component,
          row.version,
          row.platform,
          megabytesText(row.bytes),
          row.name,
          row.licences.join(', '),
        ]),
      ],
      [3],
    ),
    '',
    `${counted(components.length, 'component')}, ${megabytesText(bytes)} in all: what several share is there once`,
  ].join('\n')

export const inspectCommand = (): Command =>
  new Command('inspect')
    .description('show what is in a bundle, and who signed it')
    .argument('<file>')
    .addOption(new Option('--output <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .action(async (file: string, { output }: { readonly output: 'text' | 'json' }) => {
      const bundle = await openBundle(file)
      const summary = inspectBundle(bundle, await bomLicences(bundle))
      const text = output === 'json' ? JSON.stringify(summary, null, 2) : describe(summary)
      process.stdout.write(`${text}\n`)
    })
