/** `slipway bundle create`: every component of a release, for one or several architectures, in one signed file. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type BundleAddon, bundleAddons, type Edition, editions } from '../bundle/contents.ts'
import { createBundle } from '../bundle/create.ts'
import { createFromRegistry } from '../bundle/create-from-registry.ts'
import { defaultBundle, defaultEdition } from '../bundle/default-bundle.ts'
import { type SourceOptions, sourceNames, withSource } from '../bundle/sources/choose.ts'
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

const addonsIn = (text: string): readonly BundleAddon[] => {
  const names = text.split(',').map((word) => word.trim())
  const unknown = names.find((name) => !bundleAddons.some((addon) => addon === name))
  if (unknown === undefined) return bundleAddons.filter((addon) => names.includes(addon))
  throw new InvalidArgumentError(`"${unknown}" is no addon that bundles have: ${bundleAddons.join(', ')}.`)
}

const collected = (text: string, before: readonly string[]): readonly string[] => [...before, text]

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

type Flags = {
  readonly kubernetes: string
  readonly arch: readonly string[]
  readonly source: SourceOptions['source'] | 'registry'
  readonly edition?: Edition
  readonly addons?: readonly BundleAddon[]
  readonly mirror: readonly string[]
  readonly from?: string
  readonly caFile?: string
  readonly output?: string
}

const create = async ({ arch: arches, mirror: mirrors, source, ...flags }: Flags): Promise<void> => {
  const asked = { ...flags, arches, mirrors, environment: process.env, say }
  const file =
    source === 'registry'
      ? await createFromRegistry(asked)
      : await withSource({ ...asked, source }, (choice) => createBundle({ ...asked, ...choice }))
  if (flags.output === undefined && file !== defaultBundle(flags.kubernetes, arches))
    say(`name it for the other commands, which look for another one: --bundle ${file}`)
  process.stdout.write(`${file}\n`)
}

export const createCommand = (): Command =>
  new Command('create')
    .description('make a bundle')
    .option('--kubernetes <version>', 'Kubernetes version', '1.37.1')
    .option('--arch <list>', 'architectures of the hosts, with commas between', archesIn, [machineArch])
    .addOption(
      new Option('--source <source>', 'where the components come from')
        .choices([...sourceNames, 'registry'])
        .default('go'),
    )
    .option(
      '--mirror <upstream=place>',
      "a copy of one of upstream's servers; may be repeated",
      collected,
      [],
    )
    .option(
      '--from <place>',
      'with --source dir: the folder of executables and archives of images; with --source registry: where a bundle was pushed to',
    )
    .option('--ca-file <file>', 'certificates to trust besides those of the system (PEM)')
    .addOption(
      new Option(
        '--edition <edition>',
        `the Kubernetes components as one executable, or each as its own (go source: ${defaultEdition})`,
      ).choices(editions),
    )
    .option('--addons <list>', 'which to carry, with commas between (default: all of them)', addonsIn)
    .option('-o, --output <file>', 'file to write (default: in the cache, where the other commands look)')
    .action(create)
