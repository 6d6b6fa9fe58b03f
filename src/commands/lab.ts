/** `slipway lab`: throw-away hosts on this machine. Takes how a cluster is installed on them; gives the commander command. */
import { Command, InvalidArgumentError } from 'commander'
import { UserError } from '../errors.ts'
import { ensureImage } from '../lab/image.ts'
import { addHost, labDown, labs, labUp } from '../lab/lab.ts'
import { preparePrerequisites } from '../lab/prerequisites.ts'
import type { Lab } from '../lab/types.ts'

export type LabCommandParts = {
  /** The Kubernetes version that a lab gets unless told otherwise. */
  readonly kubernetes: string
  /** Bundle, apply, nodes: what makes a cluster of the hosts. */
  readonly install: (lab: Lab) => Promise<void>
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

export const labCommand = (parts: LabCommandParts): Command => {
  const lab = new Command('lab')
  const name = ['-n, --name <name>', 'name of the lab', 'lab'] as const

  lab
    .command('up', { isDefault: true })
    .description('make or repair the hosts, and install Kubernetes on them')
    .option(...name)
    .option('--control-planes <number>', 'how many control planes', count, 1)
    .option('--workers <number>', 'how many workers', count, 2)
    .option('--kubernetes <version>', 'Kubernetes version', parts.kubernetes)
    .option('--hosts-only', 'leave the hosts bare', false)
    .action(async ({ hostsOnly, ...options }: UpFlags) => {
      const made = await labUp(options, say)
      printLab(made)
      if (!hostsOnly) await parts.install(made)
    })

  lab
    .command('add <host>')
    .description('add one bare host: w3 (a worker), cp2 (a control plane)')
    .option(...name)
    .option('--kubernetes <version>', 'Kubernetes version of the cluster file', parts.kubernetes)
    .action(async (host: string, options: { readonly name: string; readonly kubernetes: string }) => {
      const role = host.startsWith('cp') ? 'control-plane' : 'worker'
      printLab(await addHost({ ...options, host, role }, say))
    })

  lab
    .command('down')
    .description('remove the hosts, their disks, their network and the folder of the lab')
    .option(...name)
    .action(async (options: { readonly name: string }) => {
      if (await labDown(options.name)) return
      throw new UserError(`there is no lab "${options.name}"`, { hint: 'see them with: slipway lab list' })
    })

  lab
    .command('list')
    .description('list the labs and their hosts')
    .action(async () => {
      for (const { name: of, hosts } of await labs())
        print(`${of}  ${hosts.map((host) => `${host.name}=${host.address}`).join(' ')}`)
    })

  lab
    .command('image')
    .description('make the image of lab hosts, which the docker provider of Vagrant uses as well')
    .action(async () => {
      await preparePrerequisites(['hosts'], say)
      print(await ensureImage(say))
    })

  return lab
}

type UpFlags = {
  readonly name: string
  readonly controlPlanes: number
  readonly workers: number
  readonly kubernetes: string
  readonly hostsOnly: boolean
}

const count = (text: string): number => {
  if (/^\d$/.test(text)) return Number(text)
  throw new InvalidArgumentError('a number from 0 to 9 is meant')
}

const printLab = ({ identityFile, knownHostsFile, hosts, clusterFile }: Lab): void => {
  const ssh = `ssh -i ${identityFile} -o UserKnownHostsFile=${knownHostsFile}`
  for (const { name, address } of hosts) print(`${name}\t${ssh} root@${address}`)
  print(`cluster file\t${clusterFile}`)
}
