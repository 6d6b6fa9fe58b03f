/** argv → command → exit code. The only place where the process's exit code is set. */
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { bundleCommand } from './commands/bundle.ts'
import { certsCommand } from './commands/certs.ts'
import { configCommand } from './commands/config.ts'
import { applyCommand, initCommand } from './commands/install.ts'
import { joinCommand } from './commands/join.ts'
import { kubeconfigCommand } from './commands/kubeconfig.ts'
import { labCommand } from './commands/lab.ts'
import { installLab } from './commands/lab-install.ts'
import { phaseCommand } from './commands/phase.ts'
import { planCommand } from './commands/plan.ts'
import { tokenCommand } from './commands/token.ts'
import { exitCodes } from './errors.ts'
import { describeError } from './report/error.ts'
import { createRedactor } from './report/redact.ts'

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version

const program = new Command('slipway')
  .description('Bare Linux hosts to a production Kubernetes cluster, over SSH, from one signed bundle.')
  .version(version())
  .exitOverride()

/** One for the whole process: what a command learns to be secret, its last error does not show either. */
const redactor = createRedactor()

for (const command of [
  initCommand(redactor),
  joinCommand(redactor),
  applyCommand(redactor),
  planCommand(redactor),
  phaseCommand(redactor),
  certsCommand(redactor),
  configCommand(),
  kubeconfigCommand(redactor),
  tokenCommand(redactor),
  bundleCommand(),
  labCommand({ kubernetes: '1.37.1', install: (lab) => installLab(redactor, lab) }),
]) {
  command.exitOverride()
  program.addCommand(command)
}

/** Whoever reads the output may have read enough (`| head`): what is being done goes on all the same. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  } else {
    const { text, exitCode } = describeError(error)
    process.stderr.write(`${redactor.redact(text)}\n`)
    process.exitCode = exitCode
  }
}
