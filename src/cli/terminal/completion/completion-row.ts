/** The row of the command `completion`, which prints the completion script of a program for a shell. */
import { rowsFor } from '../command-row.js';

/** The hidden command with which the scripts request completions. */
export const COMPLETION_REQUEST = 'complete';

export const COMPLETION_ROW = rowsFor<object>()({
  name: 'completion',
  summary: 'print a script that completes commands, options and values in a shell',
  arguments: [{ name: '<shell>', about: 'the shell that reads the script', choices: ['bash', 'zsh', 'fish'] }],
  help:
    'Set-up, once for each shell; PROGRAM is the name of this command:\n' +
    "  bash  echo 'source <(PROGRAM completion bash)' >> ~/.bashrc\n" +
    "  zsh   echo 'source <(PROGRAM completion zsh)' >> ~/.zshrc   (below the line with compinit)\n" +
    '  fish  PROGRAM completion fish > ~/.config/fish/completions/PROGRAM.fish',
  load: async () => {
    const { scriptFor } = await import('./shell-scripts.js');
    return ({ args: [shell], command }) => {
      process.stdout.write(scriptFor(shell, command.parent?.name() ?? command.name(), COMPLETION_REQUEST));
    };
  },
});
