/** argv → command → exit code. The only place where the process's exit code is set. */
import { Command, CommanderError } from 'commander'
import { type CommandRow, commands } from './commands/index.ts'
import { exitCodes } from './errors.ts'
import { describeError } from './report/error.ts'
import { createRedactor } from './report/redact.ts'
import { shippedText } from './shipped.ts'

const version = (): string => (JSON.parse(shippedText('package.json')) as { version: string }).version

const program = new Command('slipway')
  .description('Bare Linux hosts to a production Kubernetes cluster, over SSH, from one signed bundle.')
  .version(version())
  .configureHelp({ subcommandTerm: (command) => command.name() })

/** What it is told wrongly is thrown, and says where to read what is right. A command that is added inherits nothing of that. */
const throwing = (command: Command, path: string): Command => {
  command.exitOverride().showHelpAfterError(`  → see what it takes with: ${path} --help`)
  for (const each of command.commands) throwing(each, `${path} ${each.name()}`)
  return command
}

/** One for the whole process: what a command learns to be secret, its last error does not show either. */
const redactor = createRedactor()

/** `slipway help plan` is about plan, too. */
const asked = process.argv.slice(2).find((word) => !word.startsWith('-') && word !== 'help')

/** Of those that nobody asks for, help needs the name and the description, and so do the suggestions for a name that is mistyped. */
const commandOf = async ({ name, description, load }: CommandRow): Promise<Command> =>
  (name === asked ? await load(redactor) : new Command(name)).description(description)

/** Whoever reads the output may have read enough (`| head`): what is being done goes on all the same. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })

try {
  for (const row of commands) program.addCommand(await commandOf(row))
  await throwing(program, 'slipway').parseAsync()
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  } else {
    const { text, exitCode } = describeError(error)
    process.stderr.write(`${redactor.redact(text)}\n`)
    process.exitCode = exitCode
  }
}
