using System.Net;

namespace DevOpsAI.Tests.Bot.Commands.Setup;

/// <summary>
/// Ends TLS in front of a bot: what is asked at <see cref="Address"/> goes on to it, everything else to where it is sent.
/// </summary>
/// <param name="inPlace">What answers in the bot's place; null for the bot itself.</param>
internal sealed class TlsProxy(Uri bot, Func<HttpStatusCode?> inPlace)
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    public const string Address = "https://bot.example/api/messages";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.Host != "bot.example")
            return base.SendAsync(request, cancellationToken);
        if (inPlace() is { } status)
            return Task.FromResult(new HttpResponseMessage(status));
        request.RequestUri = new Uri(bot, request.RequestUri.PathAndQuery);
        return base.SendAsync(request, cancellationToken);
    }
}
