/** THE table of commands. A row gives its command when it is asked for: what the other commands need is not loaded for one of them. */
import type { Command } from 'commander'
import type { Redactor } from '../report/redact.ts'

export type CommandRow = {
  readonly name: string
  readonly description: string
  readonly load: (redactor: Redactor) => Promise<Command>
}

export const commands: readonly CommandRow[] = [
  {
    name: 'init',
    description: 'make the first control plane',
    load: async (redactor) => (await import('./install.ts')).initCommand(redactor),
  },
  {
    name: 'join',
    description: 'join workers: those of a cluster file, or, given an ENDPOINT, this very host',
    load: async (redactor) => (await import('./join.ts')).joinCommand(redactor),
  },
  {
    name: 'apply',
    description: 'do whatever of init and join is still to do',
    load: async (redactor) => (await import('./install.ts')).applyCommand(redactor),
  },
  {
    name: 'plan',
    description: 'show what apply would do; change nothing',
    load: async (redactor) => (await import('./plan.ts')).planCommand(redactor),
  },
  {
    name: 'phase',
    description: 'the phases of init and join, one by one',
    load: async (redactor) => (await import('./phase.ts')).phaseCommand(redactor),
  },
  {
    name: 'certs',
    description: "the cluster's certificates and keys",
    load: async (redactor) => (await import('./certs.ts')).certsCommand(redactor),
  },
  {
    name: 'config',
    description: 'check a cluster file, or say what may be in one',
    load: async () => (await import('./config.ts')).configCommand(),
  },
  {
    name: 'kubeconfig',
    description: 'kubeconfigs: the administrator’s, those of other people, and yours',
    load: async (redactor) => (await import('./kubeconfig.ts')).kubeconfigCommand(redactor),
  },
  {
    name: 'token',
    description: 'bootstrap tokens',
    load: async (redactor) => (await import('./token.ts')).tokenCommand(redactor),
  },
  {
    name: 'bundle',
    description: 'everything that hosts run, in one file',
    load: async () => (await import('./bundle.ts')).bundleCommand(),
  },
  {
    name: 'lab',
    description: 'throw-away hosts on this machine, and a cluster on them',
    load: async (redactor) => {
      const [{ labCommand }, { installLab }] = await Promise.all([
        import('./lab.ts'),
        import('./lab-install.ts'),
      ])
      return labCommand({ kubernetes: '1.37.1', install: (lab) => installLab(redactor, lab) })
    },
  },
]
