using DevOpsAI.Common;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Cli;

/// <summary>Containers with checkpoints, as a command line or configuration names them.</summary>
internal static class CheckpointContainers
{
    /// <summary>Opens those given to a verb for reading.</summary>
    /// <param name="given">Addresses, or where they are kept (<c>env:NAME</c>, <c>file:/path</c>), as one with a signature is.</param>
    /// <exception cref="CommandException">One is no address of a container, or cannot be read.</exception>
    public static async Task<IReadOnlyList<CheckpointContainer>> OpenAsync(
        IReadOnlyList<string> given, CommandContext context, CancellationToken cancellationToken)
    {
        var opened = new List<CheckpointContainer>();
        foreach (var one in given)
            opened.Add(await OpenAsync(one, context, cancellationToken));
        return opened;
    }

    /// <summary>The one that settings name; null when they name none.</summary>
    /// <exception cref="CommandException">The setting is wrong.</exception>
    public static CheckpointContainer? FindConfigured(CommandContext context)
    {
        if (context.Configuration["Ledger:CheckpointContainer"] is not { Length: > 0 } address)
            return null;
        if (ContainerConnection.FindProblem(address) is { } problem)
            throw new CommandException($"Ledger:CheckpointContainer: {problem}.");
        return ContainerConnection.Open(
            address, context.Configuration["Ledger:CheckpointContainerKey"], new SecretSource(TimeProvider.System), TimeProvider.System);
    }

    private static async Task<CheckpointContainer> OpenAsync(string given, CommandContext context, CancellationToken cancellationToken)
    {
        string address;
        try
        {
            address = new SecretSource(TimeProvider.System).Read(new(given));
        }
        catch (SecretUnavailableException missing)
        {
            throw new CommandException($"--checkpoints: {missing.Message}");
        }
        if (ContainerConnection.FindProblem(address) is { } problem)
            throw new CommandException($"--checkpoints: {problem}.");
        var shown = address.Split('?', 2)[0];
        try
        {
            // With the bot's own settings it is opened as the bot opens it.
            if (FindConfigured(context) is { } configured && configured.Address == address.TrimEnd('/'))
                return configured;
            return await ContainerConnection.OpenToReadAsync(address, TimeProvider.System, cancellationToken);
        }
        catch (IOException away)
        {
            throw new CommandException($"{shown} cannot be read: {away.Message}. Nothing was verified.");
        }
    }
}
