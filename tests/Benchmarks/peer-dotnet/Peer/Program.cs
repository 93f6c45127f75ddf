using DevOpsAI.Benchmarks.Peer;
using Microsoft.Bot.Builder;
using Microsoft.Bot.Builder.Integration.AspNet.Core;
using Microsoft.Bot.Connector.Authentication;

// A minimal bot on the .NET Bot Framework's CloudAdapter: answers each adaptiveCard/action with a card and does nothing else.
// dotnet Peer.dll PORT [APP_ID METADATA_URL ISSUER]; without an app id it authenticates nobody.
var builder = WebApplication.CreateBuilder();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Error);
if (args.Length > 1)
{
    // The SDK keeps one source of keys for each address, with the client of whoever asks for it first.
    _ = new JwtTokenExtractor(new HttpClient(new PlainHttp(new SocketsHttpHandler())), new(), PlainHttp.Disguise(args[2]), ["RS256"]);
    builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["MicrosoftAppId"] = args[1],
        ["MicrosoftAppPassword"] = "never-used",
        ["MicrosoftAppType"] = "MultiTenant",
        ["ToBotFromChannelOpenIdMetadataUrl"] = PlainHttp.Disguise(args[2]),
        ["ToBotFromEmulatorOpenIdMetadataUrl"] = PlainHttp.Disguise(args[2]),
        ["ToBotFromChannelTokenIssuer"] = args[3],
        ["ToChannelFromBotLoginUrl"] = "http://127.0.0.1:9/",
        ["ToChannelFromBotOAuthScope"] = "https://api.botframework.com",
        ["OAuthUrl"] = "http://127.0.0.1:9/",
        ["ValidateAuthority"] = "true",
    });
}
builder.Services.AddSingleton(static services => new CloudAdapter(
    new ConfigurationBotFrameworkAuthentication(services.GetRequiredService<IConfiguration>())));
builder.Services.AddSingleton<IBot, AnsweringBot>();
var app = builder.Build();
app.MapGet("/", static () => "listening");
app.MapPost("/api/messages", static (HttpContext http, CloudAdapter adapter, IBot bot) =>
    adapter.ProcessAsync(http.Request, http.Response, bot, http.RequestAborted));
app.Run();
