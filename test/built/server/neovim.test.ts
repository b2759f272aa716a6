import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { pathOf, skipWithout, systemProgram } from '../../support/debian-program.ts';
import { eventually } from '../../support/wait.ts';
import { serverArgv, withPhase } from './built-server.ts';

const program = systemProgram('nvim', 'neovim');

describe('Neovim with the built language server', { skip: skipWithout(program) }, () => {
  test('shows what is wrong with the file', async () => {
    await using editor = await Neovim.open(withPhase('{ "prompt": "Go", "model": "smort" }'));
    const codes = `vim.tbl_map(function(each) return each.code end, vim.diagnostic.get(0))`;
    await editor.shows(`count(luaeval("${codes}"), 'unknown-alias')`, '1');
  });

  test('completes an alias while it is typed, and leaves a valid document', async () => {
    await using editor = await Neovim.open(withPhase('{ "prompt": "Go", "model": "sm" }'));
    await editor.keys('/"sm"<CR>2la<C-x><C-o>');
    await editor.shows('pumvisible()', '1');
    await editor.keys('<C-n><C-y><Esc>');
    await editor.shows('mode()', 'n');
    assert.equal(await editor.text(), withPhase('{ "prompt": "Go", "model": "smart" }'));
  });

  test('jumps from a use of an alias to its definition', async () => {
    await using editor = await Neovim.open(withPhase('{ "prompt": "Go", "model": "smart" }'));
    await editor.keys('G$?smart<CR>');
    await editor.shows('line(".")', '6');
    await editor.keys(':lua vim.lsp.buf.definition()<CR>');
    await editor.shows('line(".")', '3');
    await editor.shows('expand("<cword>")', 'smart');
  });

  test('renames an alias everywhere', async () => {
    const text = withPhase('{ "prompt": "Go", "model": "smart" }');
    await using editor = await Neovim.open(text);
    await editor.keys('/"smart"<CR>l:lua vim.lsp.buf.rename("clever")<CR>');
    await editor.shows('search("clever", "cnw") > 0 && search("smart", "cnw") == 0', '1');
    assert.equal(await editor.text(), text.replaceAll('"smart"', '"clever"'));
  });
});

/** What a user puts into their configuration, as of Neovim 0.7. */
const configuration = (argv: readonly string[]): string => `
vim.o.completeopt = 'menuone,noselect'
vim.api.nvim_create_autocmd('FileType', { pattern = 'json', callback = function()
  local client = vim.lsp.start_client({
    name = 'connector', cmd = { ${argv.map(each => JSON.stringify(each)).join(', ')} }, root_dir = vim.fn.getcwd(),
    on_attach = function(_, buffer)
      vim.bo[buffer].omnifunc = 'v:lua.vim.lsp.omnifunc'
      vim.g.attached = 1
    end,
  })
  vim.lsp.buf_attach_client(0, client)
end })
`;

/** A Neovim without a screen, steered by keys as a user would. */
class Neovim implements AsyncDisposable {
  readonly #place: string;
  readonly #file: string;
  readonly #socket: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  /** Opens a connector file; resolves when the server is attached. */
  static async open(text: string): Promise<Neovim> {
    const editor = new Neovim(text);
    await editor.shows('get(g:, "attached", 0)', '1');
    return editor;
  }

  constructor(text: string) {
    this.#place = mkdtempSync(join(tmpdir(), 'niia-nvim-'));
    this.#file = join(this.#place, 'test.connector.json');
    this.#socket = join(this.#place, 'socket');
    const init = join(this.#place, 'init.lua');
    writeFileSync(this.#file, text);
    writeFileSync(init, configuration(serverArgv()));
    const args = ['--headless', '-n', '-i', 'NONE', '-u', init, '--listen', this.#socket, this.#file];
    this.#process = spawn(pathOf(program), args, { cwd: this.#place, env: this.#env(), stdio: 'ignore' });
    this.#ended = once(this.#process, 'close');
  }

  /** Types keys in Vim's notation. */
  async keys(keys: string): Promise<void> {
    await this.#remote('--remote-send', keys);
  }

  /** Waits until an expression has this value. */
  async shows(expression: string, wanted: string): Promise<void> {
    let seen = '';
    await eventually(
      async () => {
        seen = await this.#remote('--remote-expr', expression).catch(String);
        return seen === wanted;
      },
      { what: `${expression} to be ${wanted}`, seen: () => seen },
    );
  }

  /** The text of the file after saving it. */
  async text(): Promise<string> {
    await this.keys(':write<CR>');
    await this.shows('&modified', '0');
    return readFileSync(this.#file, 'utf8').replace(/\n$/, '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keys('<Esc>:qall!<CR>').catch(() => this.#process.kill('SIGKILL'));
    await this.#ended;
    rmSync(this.#place, { recursive: true, force: true });
  }

  async #remote(action: string, what: string): Promise<string> {
    const args = ['--headless', '--clean', '--server', this.#socket, action, what];
    const { stdout, stderr } = await promisify(execFile)(pathOf(program), args, { env: this.#env() });
    return `${stdout}${stderr}`.trim();
  }

  /** Neovim's own files go into the test's folder. */
  #env(): NodeJS.ProcessEnv {
    const homes = ['HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'TMPDIR'];
    return { ...process.env, ...Object.fromEntries(homes.map(name => [name, this.#place])) };
  }
}
