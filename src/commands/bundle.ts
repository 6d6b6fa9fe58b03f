/** `slipway bundle`: makes bundles and shows what is in them. */
import { arch } from 'node:os'
import { Command, Option } from 'commander'
import { createBundle } from '../bundle/create.ts'
import { annotations } from '../bundle/oci.ts'
import { openBundle } from '../bundle/open.ts'

const thisArch = (): string => (arch() === 'arm64' ? 'arm64' : 'amd64')

const create = (): Command =>
  new Command('create')
    .description('make a bundle')
    .option('--kubernetes <version>', 'Kubernetes version', '1.37.1')
    .addOption(
      new Option('--arch <arch>', 'architecture of the hosts')
        .choices(['amd64', 'arm64'])
        .default(thisArch()),
    )
    .addOption(
      new Option('--source <source>', 'where the components come from').choices(['go']).default('go'),
    )
    .option('-o, --output <file>', 'file to write (default: in the cache, where the other commands look)')
    .action(
      async (flags: { readonly kubernetes: string; readonly arch: string; readonly output?: string }) => {
        const say = (line: string): void => {
          process.stderr.write(`${line}\n`)
        }
        process.stdout.write(`${await createBundle({ ...flags, say })}\n`)
      },
    )

const inspect = (): Command =>
  new Command('inspect')
    .description('show what is in a bundle')
    .argument('<file>')
    .action(async (file: string) => {
      const bundle = await openBundle(file)
      process.stdout.write(`Kubernetes ${bundle.kubernetes}, ${bundle.architectures.join(', ')}\n`)
      for (const { descriptor, manifest } of bundle.entries) {
        const note = (key: string): string => descriptor.annotations?.[key] ?? ''
        const megabytes = manifest.layers.reduce((sum, { size }) => sum + size, 0) / 1e6
        const what = note(annotations.imageName) || note(annotations.path)
        process.stdout.write(
          `${megabytes.toFixed(1).padStart(7)} MB  ${note(annotations.version).padEnd(8)} ${what}\n`,
        )
      }
    })

export const bundleCommand = (): Command =>
  new Command('bundle')
    .description('everything that hosts run, in one file')
    .addCommand(create())
    .addCommand(inspect())
