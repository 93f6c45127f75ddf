using System.Globalization;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Common;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Cli;

/// <summary>The signing key as a verb sees it.</summary>
internal static class SigningKeyFile
{
    /// <summary>
    /// The key that signs now: of the key file, or, where a vault holds it or the file is elsewhere, the one kept beside the ledger.
    /// </summary>
    /// <exception cref="CommandException">There is none yet, or several and no telling which.</exception>
    /// <param name="ledger">Folder or file; what configuration names when null.</param>
    public static async Task<ReadOnlyMemory<byte>> PublicKeyAsync(
        CommandContext context, string? ledger, CancellationToken cancellationToken)
    {
        var path = GetPath(context, ledger);
        if (context.Configuration["Ledger:KeyVaultKey"] is not { Length: > 0 } && File.Exists(path))
        {
            using var key = LocalSigningKey.Open(path);
            return await key.PublicKeyAsync(cancellationToken);
        }
        using var opened = await LedgerSession.OpenAsync(context, ledger, cancellationToken);
        return await new SigningKeys(opened.Documents).AllAsync(cancellationToken) switch
        {
            [var only] => only,
            [] => throw new CommandException($"No key has signed yet: {path} is made at the bot's first start."),
            _ => throw new CommandException(
                $"Several keys have signed, and the one in use is not at {path}. The log names it at the bot's start."),
        };
    }

    /// <summary>Makes a new key and moves the old one's file aside.</summary>
    /// <exception cref="CommandException">It is not a file.</exception>
    /// <exception cref="SigningKeyException">The new one cannot be made; the old one is where it was.</exception>
    public static async Task<ReadOnlyMemory<byte>> RenewAsync(CommandContext context, string? ledger)
    {
        if (context.Configuration["Ledger:KeyVaultKey"] is { Length: > 0 })
            throw new CommandException("The key is in Key Vault: make a new version of it there.");
        var path = GetPath(context, ledger);
        var made = $"{path}.{Guid.NewGuid():N}.new";
        using var key = LocalSigningKey.OpenOrCreate(made);
        if (File.Exists(path))
            File.Move(path,
                $"{path}.until-{TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}",
                overwrite: false);
        WholeFile.PutAtFreeName(made, path);
        await context.Error.WriteLineAsync(
            "A new key signs from now on. Tell auditors and witnesses; what the old one signed stays valid under the old one.");
        return await key.PublicKeyAsync(CancellationToken.None);
    }

    /// <summary>The key for a verb to sign with. Makes none: a new key is for people to decide on.</summary>
    /// <exception cref="SigningKeyException">It is not there, or cannot be used.</exception>
    public static ICheckpointSigner Open(CommandContext context, string? ledger) =>
        context.Configuration["Ledger:KeyVaultKey"] is { Length: > 0 } key
        ? new KeyVaultSigner(new() { Timeout = TimeSpan.FromSeconds(20) }, new KeyVaultTokens().GetAsync, key)
        : LocalSigningKey.Open(GetPath(context, ledger));

    private static string GetPath(CommandContext context, string? ledger) =>
        context.Configuration["Ledger:SigningKeyPath"] is { Length: > 0 } path
        ? Path.GetFullPath(path, context.ContentRoot)
        : Path.Combine(context.Folder(ledger) is var folder && File.Exists(folder)
            ? Path.GetDirectoryName(folder)!
            : context.Folder(ledger), LocalSigningKey.FileName);
}
