using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>A vendor's answer takes 8 MiB of the memory at most, whatever it says of its length.</summary>
public sealed class LongAnswerTests : IAsyncLifetime
{
    private const int Limit = 8 * 1024 * 1024;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);
    private readonly Connection connection = new("contoso-vendor", TenantId.Parse("contoso"), "vendor", new Dictionary<string, string>());
    private readonly ServiceProvider services = new ServiceCollection().AddLogging().AddVendorCalls().BuildServiceProvider();
    private WebApplication vendor = null!;
    private int bytes;
    private bool isAnnounced;
    private int asked;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        vendor = builder.Build();
        vendor.Run(AnswerAsync);
        await vendor.StartAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await vendor.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_longer_is_not_read_and_what_an_act_did_is_then_unknown(bool announced)
    {
        (bytes, isAnnounced) = (Limit, announced);
        (await ReadAsync()).ShouldBeOfType<CallOutcome<int>.Done>().Value.ShouldBe(Limit - 2);
        bytes = Limit + 1;
        (await ReadAsync()).ShouldBeOfType<CallOutcome<int>.Unknown>();
        asked = 0;
        (await ActAsync()).ShouldBeOfType<CallOutcome<int>.Unknown>();
        asked.ShouldBe(1, "an act is not sent again");
    }

    private Task<CallOutcome<int>> ReadAsync() =>
        services.GetRequiredService<VendorClient>()
            .ReadAsync(connection, Request, TimeLimit, static json => json.GetValue<string>().Length, Stop);

    private Task<CallOutcome<int>> ActAsync() =>
        services.GetRequiredService<VendorClient>()
            .ActAsync(connection, Request, TimeLimit, static json => json.GetValue<string>().Length, Stop);

    private HttpRequestMessage Request() => new(HttpMethod.Get, vendor.Urls.Single());

    /// <summary>A JSON text of so many bytes.</summary>
    private async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref asked);
        if (isAnnounced)
            http.Response.ContentLength = bytes;
        await http.Response.WriteAsync("\"", http.RequestAborted);
        var chunk = new string('x', 64 * 1024);
        for (var left = bytes - 2; left > 0; left -= chunk.Length)
            await http.Response.WriteAsync(left < chunk.Length ? chunk[..left] : chunk, http.RequestAborted);
        await http.Response.WriteAsync("\"", http.RequestAborted);
    }
}
