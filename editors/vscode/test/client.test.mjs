// The extension as it is packaged, with the real client library and the real server, in a host that is none: every part of
// VS Code that is not named here does nothing. What the client registers is what the person gets.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import Module from 'node:module';
import { fileURLToPath } from 'node:url';
import test from 'node:test';

const require = createRequire(import.meta.url);
const server = process.env.RTREG;

/** Something that can be called, made, extended and looked into, and does nothing. */
function nothing(name) {
    const target = class {
        dispose() {}
    };
    return new Proxy(target, {
        get: (it, key) => {
            if (key in it || typeof key === 'symbol' || key === 'then') {
                return it[key];
            }
            return (it[key] = nothing(`${name}.${key}`));
        },
        apply: () => ({ dispose() {} }),
    });
}

class EventEmitter {
    listeners = [];
    event = (listener, self) => {
        this.listeners.push(listener.bind(self));
        return { dispose() {} };
    };
    fire(event) {
        this.listeners.forEach((listener) => listener(event));
    }
    dispose() {}
}

/** The parts of VS Code that matter, and what was done with them. */
function host() {
    const done = { registered: [], errors: [], diagnostics: new Map() };
    const uri = (text) => ({ scheme: 'file', fsPath: text.replace('file://', ''), toString: () => text });
    const document = {
        uri: uri('file:///tmp/web.rtr'),
        languageId: 'rtr',
        version: 1,
        getText: () => 'Resource_type = web\nVendor_id = XMPL;\n',
    };
    const settings = { get: (key, other) => (key === 'path' ? server : other), has: () => false, inspect: () => undefined };
    class Range {
        constructor(line, character, endLine, endCharacter) {
            Object.assign(this, { start: { line, character }, end: { line: endLine, character: endCharacter } });
        }
    }
    class Diagnostic {
        constructor(range, message, severity) {
            Object.assign(this, { range, message, severity });
        }
    }
    class Kind {
        constructor(value) {
            this.value = value;
        }
        append(part) {
            return new Kind(`${this.value}.${part}`);
        }
    }
    const named = {
        version: '1.91.0',
        CodeActionKind: Object.assign(nothing('CodeActionKind'), { Empty: new Kind('') }),
        EventEmitter,
        Range,
        Diagnostic,
        CancellationTokenSource: class {
            token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
            cancel() {}
            dispose() {}
        },
        Uri: { parse: uri, file: (path) => uri(`file://${path}`) },
        env: { appName: 'test', language: 'en' },
        workspace: Object.assign(nothing('workspace'), {
            workspaceFolders: undefined,
            textDocuments: [document],
            notebookDocuments: [],
            getConfiguration: () => settings,
            onDidChangeConfiguration: new EventEmitter().event,
        }),
        window: Object.assign(nothing('window'), {
            visibleTextEditors: [],
            createOutputChannel: () => ({ append() {}, appendLine() {}, show() {}, dispose() {} }),
            showErrorMessage: async (words) => void done.errors.push(words),
        }),
        commands: Object.assign(nothing('commands'), { registerCommand: () => ({ dispose() {} }) }),
        languages: new Proxy(
            {
                match: (selector, it) => (selector.some((filter) => filter.language === it.languageId) ? 10 : 0),
                createDiagnosticCollection: () => ({
                    set: (at, list) => done.diagnostics.set(at.toString(), list),
                    delete() {},
                    clear() {},
                    dispose() {},
                }),
            },
            {
                get: (it, name) =>
                    it[name] ??
                    (() => {
                        done.registered.push(name);
                        return { dispose() {} };
                    }),
            },
        ),
    };
    const vscode = nothing('vscode');
    return { vscode: new Proxy(vscode, { get: (it, key) => named[key] ?? it[key] }), done };
}

async function until(what, condition) {
    const end = Date.now() + 30000;
    while (!condition()) {
        assert.ok(Date.now() < end, `waited in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

test('the client starts the server and registers what it can do', { skip: server ? false : 'no RTREG' }, async () => {
    const { vscode, done } = host();
    const load = Module._load;
    Module._load = (name, ...rest) => (name === 'vscode' ? vscode : load(name, ...rest));
    const extension = require(fileURLToPath(new URL('../out/extension.js', import.meta.url)));
    await extension.activate({ subscriptions: [] });
    assert.deepEqual(done.errors, []);
    await until('diagnostics', () => (done.diagnostics.get('file:///tmp/web.rtr') ?? []).length > 0);
    const [first] = done.diagnostics.get('file:///tmp/web.rtr');
    assert.equal(first.message.split('\n')[0], 'expected `;` behind `web`, found `Vendor_id`');
    assert.equal(first.source, 'rtreg');
    for (const ability of [
        'registerHoverProvider',
        'registerCompletionItemProvider',
        'registerDefinitionProvider',
        'registerDocumentSymbolProvider',
        'registerCodeActionsProvider',
        'registerDocumentFormattingEditProvider',
        'registerFoldingRangeProvider',
        'registerDocumentSemanticTokensProvider',
    ]) {
        assert.ok(done.registered.includes(ability), `${ability} is missing: ${done.registered}`);
    }
    await extension.deactivate();
});
