/** `slipway bundle versions`: the catalog, why each version is what it is, and what must hold between them. */
import { Command, Option } from 'commander'
import { type ChosenVersion, chosenVersions, kubernetesReleases, versionsOf } from '../bundle/catalog.ts'
import { type Checked, checkConstraints } from '../bundle/constraints.ts'
import { exitCodes } from '../errors.ts'
import { columns } from '../report/table.ts'

type Shown = {
  readonly releases: readonly { readonly kubernetes: string; readonly components: readonly ChosenVersion[] }[]
  readonly constraints: readonly Checked[]
}

const shown = (): Shown => ({
  releases: kubernetesReleases().map((kubernetes) => ({
    kubernetes,
    components: chosenVersions(kubernetes),
  })),
  constraints: checkConstraints(kubernetesReleases().map(versionsOf)),
})

const describe = ({ releases, constraints }: Shown): string => {
  const rows = releases.flatMap(({ kubernetes, components }) => [
    ['kubernetes', kubernetes, ''],
    ...components.map(({ component, version, why }) => [`  ${component}`, version, why]),
  ])
  const rules = constraints.flatMap(({ what, problems }) => [
    `${problems.length === 0 ? 'ok' : 'NOT SO'}  ${what}`,
    ...problems.map((problem) => `        ${problem}`),
  ])
  return [...columns([['COMPONENT', 'VERSION', 'WHY'], ...rows]), '', ...rules].join('\n')
}

export const versionsCommand = (): Command =>
  new Command('versions')
    .description('the releases that bundles can be made of, and why each version is what it is')
    .addOption(new Option('--output <format>', 'how to show it').choices(['text', 'json']).default('text'))
    .action(({ output }: { readonly output: 'text' | 'json' }) => {
      const all = shown()
      process.stdout.write(`${output === 'json' ? JSON.stringify(all, null, 2) : describe(all)}\n`)
      if (all.constraints.some(({ problems }) => problems.length > 0)) process.exitCode = exitCodes.failed
    })
