using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DevOpsAI.Bot.Teams.Settings;

/// <summary>
/// In local mode, what stands in for the signatures of Teams: whoever acts through this bot shows it, and the bot shows it to the stand-in
/// that it serves itself. Drawn at every start, unless <c>LocalTeams:Token</c> says what it is.
/// </summary>
internal sealed class LocalToken(IConfiguration configuration, IServer server)
{
    /// <summary>In an address that is opened, or given to a program that can send no header.</summary>
    public const string InAddress = "token";

    private const string Scheme = "Bearer ";
    private const int Bytes = 24;

    public string Value { get; } = configuration["LocalTeams:Token"] is { Length: > 0 } given
        ? given
        : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>Takes the same time wherever the first difference is.</summary>
    public bool Is(ReadOnlySpan<char> shown) =>
        CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(shown), MemoryMarshal.AsBytes(Value.AsSpan()));

    public bool IsInHeaderOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && Is(header.AsSpan(Scheme.Length));

    public bool IsInAddressOf(HttpRequest request) => request.Query[InAddress] is [{ } shown] && Is(shown);

    /// <summary>
    /// Whether this process listens there. An address of before may by now be another program's, which would learn how to act as anybody.
    /// </summary>
    public bool MayBeShownAt(Uri address) => server.Features.Get<IServerAddressesFeature>() is { } own
        && own.Addresses.Any(one => Uri.TryCreate(one, UriKind.Absolute, out var listening) && listening.Authority == address.Authority);
}
