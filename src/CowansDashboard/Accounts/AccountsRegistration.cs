using CowansDashboard.Accounts.Keys;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CowansDashboard.Accounts;

public static class AccountsRegistration
{
    /// <summary>Registers Identity on PostgreSQL, the protected key ring, and every use case of this folder.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDbContextFactory<AccountsContext>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
        services.AddIdentityCore<Account>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.User.AllowedUserNameCharacters = "";
                options.Lockout.MaxFailedAccessAttempts = CheckPassword.Tries;
                options.Lockout.DefaultLockoutTimeSpan = CheckPassword.Wait;
                // PasswordRules says what a password must be; these would only add riddles.
                options.Password = new PasswordOptions
                {
                    RequiredLength = 1,
                    RequireDigit = false,
                    RequireLowercase = false,
                    RequireUppercase = false,
                    RequireNonAlphanumeric = false,
                };
            })
            .AddEntityFrameworkStores<AccountsContext>()
            .AddPasswordValidator<PasswordRules>()
            .AddClaimsPrincipalFactory<AccountClaims>();

        services.AddOptionsWithValidateOnStart<FirstAdministratorOptions, ValidateFirstAdministratorOptions>()
            .Bind(configuration.GetSection(FirstAdministratorOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<FirstAdministratorOptions>>().Value);
        AddKeys(services, configuration);

        services.AddSingleton<AccountStamps>();
        services.AddSingleton<CreateFirstAdministrator>();
        services.AddSingleton<CountWrongPassword>();
        services.AddSingleton<CheckPassword>();
        services.AddSingleton<ChangePassword>();
        services.AddSingleton<ListAccounts>();
        services.AddSingleton<InviteAccount>();
        services.AddSingleton<ChangeAccount>();
        services.AddSingleton<ChangeRole>();
        services.AddSingleton<DisableAccount>();
        services.AddSingleton<EnableAccount>();
        services.AddSingleton<ResetPassword>();
        services.AddSingleton<EndSessions>();
        services.AddSingleton<ReadPerson>();
        services.AddSingleton<ChangeName>();
        services.AddSingleton<RememberStore>();
        return services;
    }

    private static void AddKeys(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptionsWithValidateOnStart<KeyFileOptions, ValidateKeyFileOptions>()
            .Bind(configuration.GetSection(KeyFileOptions.Section));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<KeyFileOptions>>().Value);
        services.AddSingleton<KeyFile>();
        services.AddSingleton<StoredKeys>();
        services.AddSingleton<WrapKeys>();
        services.AddSingleton<OpenKeys>();
        services.AddDataProtection().SetApplicationName("cowans-product-dashboard");
        services.AddOptions<KeyManagementOptions>().Configure<StoredKeys, WrapKeys>((options, keys, wrap) =>
        {
            options.XmlRepository = keys;
            options.XmlEncryptor = wrap;
        });
    }
}
