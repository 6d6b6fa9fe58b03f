/** `slipway bundle create`: every component of a release, for one or several architectures, in one signed file. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Edition, editions } from '../bundle/contents.ts'
import { createBundle, defaultEdition } from '../bundle/create.ts'
import { machineArch } from '../bundle/sources/machine-arch.ts'

const known = ['amd64', 'arm64']

const archesIn = (text: string): readonly string[] => {
  const arches = [...new Set(text.split(',').map((word) => word.trim()))]
  const unknown = arches.find((arch) => !known.includes(arch))
  if (unknown === undefined) return arches
  throw new InvalidArgumentError(
    `"${unknown}" is not an architecture that bundles are made for: ${known.join(', ')}.`,
  )
}

type Flags = {
  readonly kubernetes: string
  readonly arch: readonly string[]
  readonly edition: Edition
  readonly output?: string
}

export const createCommand = (): Command =>
  new Command('create')
    .description('make a bundle')
    .option('--kubernetes <version>', 'Kubernetes version', '1.37.1')
    .option('--arch <list>', 'architectures of the hosts, with commas between', archesIn, [machineArch])
    .addOption(
      new Option('--source <source>', 'where the components come from').choices(['go']).default('go'),
    )
    .addOption(
      new Option('--edition <edition>', 'the Kubernetes components as one executable, or each as its own')
        .choices(editions)
        .default(defaultEdition),
    )
    .option('-o, --output <file>', 'file to write (default: in the cache, where the other commands look)')
    .action(async ({ kubernetes, arch, edition, output }: Flags) => {
      const say = (line: string): void => {
        process.stderr.write(`${line}\n`)
      }
      const file = await createBundle({ kubernetes, arches: arch, edition, output, say })
      process.stdout.write(`${file}\n`)
    })
