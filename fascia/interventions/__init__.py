"""What can be done to the network: releases, their mechanisms and orders."""
