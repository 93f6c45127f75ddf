using System.Collections.Immutable;
using System.Text;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;

namespace DevOpsAI.Gates;

/// <summary>
/// A file that pauses things, read anew on every check: <c>everything</c>, <c>tenant: contoso</c>, <c>connector: sandbox</c>,
/// <c>action: service.*</c>, one to a line; <c>#</c> begins a comment. A file that cannot be read or understood pauses everything.
/// </summary>
/// <param name="path">Null: there is no kill switch.</param>
internal sealed class KillSwitch(string? path)
{
    private const int MaxFileLength = 64 * 1024;
    private const string ThisClient = "The kill switch pauses this client.";

    private Reading last = new([], new([], ImmutableArray<Pause>.Empty, null));

    public static KillSwitch From(GatesOptions options, IHostEnvironment host) =>
        new(string.IsNullOrWhiteSpace(options.KillSwitchPath) ? null : Path.Combine(host.ContentRootPath, options.KillSwitchPath));

    /// <summary>One sentence when something that the plan needs is paused; null when nothing is.</summary>
    /// <param name="connectorOf">The connector behind a connection of the tenant.</param>
    public string? GetPauseReason(TenantId tenant, Plan plan, Func<string, string?> connectorOf)
    {
        if (path is null)
            return null;
        var (tenants, pauses, everything) = Read();
        if (everything is not null)
            return everything;
        if (tenants.Contains(tenant))
            return ThisClient;
        foreach (var pause in pauses)
        {
            if (plan.Steps.Any(step => pause.IsConnector
                ? Glob.Matches(pause.Name, connectorOf(step.Target.Connection) ?? pause.Name)
                : Glob.Matches(pause.Name, step.Action) || (step.Rollback is { } rollback && Glob.Matches(pause.Name, rollback))))
                return $"The kill switch pauses the {(pause.IsConnector ? "connector" : "action")} {pause.Name}.";
        }
        return null;
    }

    /// <summary>One sentence when all of a tenant is paused, rather than some action or connector; null when it is not.</summary>
    public string? GetStopReason(TenantId tenant) => Look()(tenant);

    /// <summary>As <see cref="GetStopReason"/>, of as many tenants as are asked about: the file is read once.</summary>
    public Func<TenantId, string?> Look()
    {
        if (path is null)
            return static _ => null;
        var (tenants, _, everything) = Read();
        return tenant => everything ?? (tenants.Contains(tenant) ? ThisClient : null);
    }

    /// <summary>There is one.</summary>
    public bool IsSet => path is not null;

    /// <summary>
    /// One sentence when this process could write the file, remove it or put another in its place, and so let itself go on; null when it
    /// cannot, or there is no switch.
    /// </summary>
    public string? CheckStrength()
    {
        if (path is null || OutOfReach.Breach(path) is not { } breach)
            return null;
        var what = breach == path ? $"the kill switch {path}" : $"{breach}, and with it the kill switch {path}";
        var fix = Environment.IsPrivilegedProcess
            ? "Run the bot as an account of its own and leave file and folder to root (chown root, chmod 644 and 755), or mount them "
                + "read-only"
            : "Give the file and the folders that it is in to another account (chown root, chmod 644 and 755), or mount them read-only";
        return $"The bot's account '{Environment.UserName}' can change {what}, so the switch would not hold against the bot itself. "
            + $"{fix}, and start the bot again.";
    }

    private Content Read()
    {
        byte[] bytes;
        try
        {
            using var file = new FileStream(path!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > MaxFileLength)
                return All($"is longer than {MaxFileLength / 1024} KB");
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return All("cannot be read");
        }
        var known = last;
        if (!bytes.AsSpan().SequenceEqual(known.Bytes))
            last = known = new(bytes, Parse(bytes));
        return known.Content;
    }

    private static Content Parse(byte[] bytes)
    {
        var tenants = ImmutableHashSet.CreateBuilder<TenantId>();
        var pauses = ImmutableArray.CreateBuilder<Pause>();
        string? everything = null;
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var text = line.Split('#')[0].Trim();
            if (text.Length == 0)
                continue;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var (kind, name) = colon < 0 ? (text, "") : (text[..colon].Trim(), text[(colon + 1)..].Trim());
            if (kind == "everything" && name.Length == 0)
                everything = "The kill switch pauses everything.";
            else if (kind == "tenant" && TenantId.TryParse(name, out var tenant))
                tenants.Add(tenant);
            else if (kind is "connector" or "action" && name.Length > 0 && !name.Any(char.IsWhiteSpace))
                pauses.Add(new(kind == "connector", name));
            else
                return All($"cannot be understood in line {number}");
        }
        return new(tenants.ToImmutable(), pauses.ToImmutable(), everything);
    }

    private static Content All(string why) => new([], [], $"The kill switch file {why}, so everything is paused.");

    private sealed record Pause(bool IsConnector, string Name);

    private sealed record Content(ImmutableHashSet<TenantId> Tenants, ImmutableArray<Pause> Pauses, string? Everything);

    private sealed record Reading(byte[] Bytes, Content Content);
}
