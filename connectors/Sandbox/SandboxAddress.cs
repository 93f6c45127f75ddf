using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>
/// Where the simulated vendor and the bot are. Asked with every call, because the bot learns its own port only when it has started.
/// </summary>
/// <param name="own">The bot's own address, ending in a slash.</param>
public sealed class SandboxAddress(IOptions<SandboxOptions> options, Func<Uri> own)
{
    /// <exception cref="InvalidOperationException">The bot does not listen yet.</exception>
    public Uri Own() => own();

    /// <summary>The vendor's interface, ending in a slash.</summary>
    public Uri Vendor() => new(options.Value.Url ?? own(), "sandbox/");

    /// <summary>Where this process listens, preferring plain HTTP; a wildcard becomes loopback.</summary>
    public static Uri OfServer(IServiceProvider services)
    {
        var addresses = services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.OrderBy(address => address.StartsWith("https", StringComparison.OrdinalIgnoreCase)).FirstOrDefault()
            ?? throw new InvalidOperationException("The bot does not listen yet, so the Sandbox cannot be reached.");
        var loopback = address.Replace("://+", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).Replace("://[::]", "://localhost", StringComparison.Ordinal);
        return new(loopback.TrimEnd('/') + "/");
    }
}
