/** `slipway phase`: the phases one by one, as kubeadm has them. */
import { Command } from 'commander'
import { UserError } from '../errors.ts'
import { phases } from '../phases/index.ts'
import type { Redactor } from '../report/redact.ts'
import { type ClusterFlags, clusterCommand, playbooks, runOnCluster } from './run-cluster.ts'

const list = (): Command =>
  new Command('list').description('list the phases').action(() => {
    for (const playbook of playbooks('init', 'join')) {
      process.stdout.write(`${playbook.name}: ${playbook.description}\n`)
      for (const { id, title } of playbook.phases) process.stdout.write(`  ${id.padEnd(24)} ${title}\n`)
    }
  })

/** As with kubeadm, the name of a group stands for all in it: control-plane for control-plane/apiserver and the others. */
const phasesOf = (id: string): readonly string[] => {
  const meant = phases.filter((phase) => phase.id === id || phase.id.startsWith(`${id}/`))
  if (meant.length === 0)
    throw new UserError(`there is no phase ${id}`, { hint: 'see them with: slipway phase list' })
  return meant.map((phase) => phase.id)
}

const run = (redactor: Redactor): Command =>
  clusterCommand('run', 'run one phase, or several')
    .argument('<id...>', 'as phase list has them; they run in that order, whatever order is given')
    .option('--host <names...>', 'only these hosts')
    .action((ids: readonly string[], flags: ClusterFlags) =>
      runOnCluster(redactor, flags, {
        command: ['phase', 'run', ...ids],
        playbooks: playbooks('init', 'join'),
        phases: [...new Set(ids.flatMap(phasesOf))],
        next: () => [],
      }),
    )

export const phaseCommand = (redactor: Redactor): Command =>
  new Command('phase').addCommand(list()).addCommand(run(redactor))
