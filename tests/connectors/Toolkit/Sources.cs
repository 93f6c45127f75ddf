using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>Reads deliveries as the webhook endpoint does once it knows the sender.</summary>
internal static class Sources
{
    public static readonly ManualClock Clock = new();

    private static readonly Connection Any = new("any", TenantId.Parse("contoso"), "any", new Dictionary<string, string>());

    public static async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(
        IWebhookSource source, byte[] body, string? contentType = "application/json", params (string Name, string Value)[] headers) =>
        await ReadAsync(source, null, body, contentType, headers);

    /// <param name="connection">It came over; null where that does not matter.</param>
    public static async Task<IReadOnlyList<ConnectorEvent>> ReadAsync(
        IWebhookSource source, Connection? connection, byte[] body, string? contentType = "application/json",
        params (string Name, string Value)[] headers)
    {
        var all = new HeaderDictionary();
        foreach (var (name, value) in headers)
            all[name] = value;
        var request = new WebhookRequest(contentType, all, null, body);
        source.Understands(request).ShouldBeTrue();
        return (await Mediator.Send(source.Normalize(connection ?? Any, request))).Events;
    }

    public static async Task<string> MalformedFieldAsync(
        IWebhookSource source, string body, string contentType = "application/json", params (string Name, string Value)[] headers) =>
        (await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(source, Samples.Quoted(body), contentType, headers))).Field;

    private static IMediator Mediator { get; } = BuildMediator();

    private static IMediator BuildMediator()
    {
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<ServiceFactory>(provider => provider.GetRequiredService)
            .AddSingleton<IMediator, Mediator>();
        foreach (var type in typeof(IWebhookSource).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false }))
        {
            foreach (var role in type.GetInterfaces()
                .Where(role => role.IsGenericType && role.GetGenericTypeDefinition() == typeof(IRequestHandler<,>)))
                services.AddSingleton(role, type);
        }
        return services.BuildServiceProvider().GetRequiredService<IMediator>();
    }
}
