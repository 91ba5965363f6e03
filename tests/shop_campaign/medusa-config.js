// The server as the campaign needs it: everything that differs from run to run comes from the environment.
const { defineConfig } = require("@medusajs/framework/utils")

const shop = process.env.SHOP_URL
module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    http: { storeCors: shop, adminCors: shop, authCors: shop, jwtSecret: process.env.SHOP_SECRET, cookieSecret: process.env.SHOP_SECRET },
  },
  admin: { disable: true },
})
