/** `slipway kubeconfig list`: what the user's kubectl could talk to, and until when. */
import { Command, Option } from 'commander'
import { contextsIn, type KubeconfigContext } from '../pki/kubeconfig-contexts.ts'
import { readKubeconfigFiles } from '../pki/kubeconfig-files.ts'
import { columns } from '../report/table.ts'
import { shownDate } from './duration-flag.ts'
import { usersFiles } from './kubeconfig-merge.ts'

type Flags = { readonly in?: string; readonly output: 'text' | 'json' }

const titles = ['', 'CONTEXT', 'SERVER', 'USER', 'EXPIRES'] as const

const expiry = ({ login, expires }: KubeconfigContext, now: Date): string => {
  if (login === undefined) return 'no login'
  if (expires === undefined) return login === 'certificate' ? 'unreadable' : `by ${login}`
  return `${expires <= now ? 'expired ' : ''}${shownDate(expires)}`
}

const table = (contexts: readonly KubeconfigContext[], now: Date): string => {
  const rows = contexts.map((each) => [
    each.current ? '*' : '',
    each.context,
    each.server ?? 'none',
    each.user ?? 'none',
    expiry(each, now),
  ])
  return [...columns([titles, ...rows]), ''].join('\n')
}

export const listKubeconfigsCommand = (): Command =>
  new Command('list')
    .description('list the contexts of your own kubeconfig')
    .option('--in <file>', 'the file (default: those that kubectl reads: $KUBECONFIG, else ~/.kube/config)')
    .addOption(new Option('--output <format>', 'how to say it').choices(['text', 'json']).default('text'))
    .action(async (flags: Flags) => {
      const contexts = await contextsIn(await readKubeconfigFiles(usersFiles(flags.in)))
      if (flags.output === 'json') process.stdout.write(`${JSON.stringify(contexts, null, 2)}\n`)
      else if (contexts.length > 0) process.stdout.write(table(contexts, new Date()))
      else process.stderr.write('there are no contexts yet: slipway kubeconfig merge\n')
    })
