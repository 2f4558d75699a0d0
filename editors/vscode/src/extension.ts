// The client of `rtreg lsp`: it starts the server and hands the talk to vscode-languageclient. It knows nothing of RTR files.

import { commands, ExtensionContext, window, workspace } from 'vscode';
import { LanguageClient, LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
    context.subscriptions.push(
        commands.registerCommand('rtreg.restart', restart),
        workspace.onDidChangeConfiguration(async (event) => {
            if (event.affectsConfiguration('rtreg.path') || event.affectsConfiguration('rtreg.arguments')) {
                await restart();
            }
        }),
    );
    await start();
}

export async function deactivate(): Promise<void> {
    await stop();
}

async function restart(): Promise<void> {
    await stop();
    await start();
}

async function stop(): Promise<void> {
    const running = client;
    client = undefined;
    await running?.stop();
}

async function start(): Promise<void> {
    const settings = workspace.getConfiguration('rtreg');
    const command = settings.get<string>('path', 'rtreg');
    const server: ServerOptions = { command, args: ['lsp', ...settings.get<string[]>('arguments', [])] };
    const options: LanguageClientOptions = {
        documentSelector: [
            { scheme: 'file', language: 'rtr' },
            { scheme: 'untitled', language: 'rtr' },
        ],
    };
    client = new LanguageClient('rtreg', 'rtreg', server, options);
    try {
        await client.start();
    } catch (error) {
        client = undefined;
        const reason = error instanceof Error ? error.message : String(error);
        void window.showErrorMessage(
            `expected the command rtreg as \`${command}\`: ${reason}. Install it, or say where it is in the setting rtreg.path.`,
        );
    }
}
